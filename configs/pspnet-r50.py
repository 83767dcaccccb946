# PSPNet on ResNet-50: pooled context of four scales, output at 1/8.
_base_ = ["./pspnet-r18.py"]
model = dict(
    backbone=dict(depth=50),
    decode_head=dict(in_channels=2048, channels=512),
    auxiliary_head=dict(in_channels=1024, channels=256),
)
