# PSPNet on ResNet-18: pooled context of four scales, output at 1/8.
_base_ = ["./_base_/pictures.py", "./_base_/sgd.py", "./_base_/resnet18.py"]
norm_cfg = dict(type="BN", requires_grad=True)
model = dict(
    decode_head=dict(
        type="PSPHead",
        in_channels=512,
        in_index=3,
        channels=128,
        pool_scales=(1, 2, 3, 6),
        dropout_ratio=0.1,
        num_classes=2,
        norm_cfg=norm_cfg,
        align_corners=False,
        loss_decode=dict(type="CrossEntropyLoss", loss_weight=1.0),
    ),
)
