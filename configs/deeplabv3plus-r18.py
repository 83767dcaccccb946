# DeepLabV3+ on ResNet-18: atrous context, borders refined at 1/4.
_base_ = ["./_base_/pictures.py", "./_base_/sgd.py", "./_base_/resnet18.py"]
norm_cfg = dict(type="BN", requires_grad=True)
model = dict(
    decode_head=dict(
        type="DepthwiseSeparableASPPHead",
        in_channels=512,
        in_index=3,
        channels=128,
        dilations=(1, 12, 24, 36),
        c1_in_channels=64,
        c1_channels=12,
        dropout_ratio=0.1,
        num_classes=2,
        norm_cfg=norm_cfg,
        align_corners=False,
        loss_decode=dict(type="CrossEntropyLoss", loss_weight=1.0),
    ),
)
