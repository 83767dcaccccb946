# FCN on ResNet-18: convolutions only, output at 1/8; the plainest of all.
_base_ = ["./pspnet-r18.py"]
model = dict(
    decode_head=dict(
        _delete_=True,
        type="FCNHead",
        in_channels=512,
        in_index=3,
        channels=128,
        num_convs=2,
        concat_input=True,
        dropout_ratio=0.1,
        num_classes=2,
        norm_cfg=dict(type="BN", requires_grad=True),
        align_corners=False,
        loss_decode=dict(type="CrossEntropyLoss", loss_weight=1.0),
    ),
)
