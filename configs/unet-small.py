# A U-Net that works at half of the picture's resolution: 1.8 M weights, fast enough
# for a CPU. For microscopy and other pictures without an up and a down.
_base_ = ["./_base_/pictures.py", "./_base_/adamw.py"]
crop_size = (256, 256)
train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="LoadAnnotations"),
    dict(
        type="RandomChoice",
        transforms=[
            [dict(type="Resize", scale_factor=0.6, keep_ratio=True)],
            [dict(type="Resize", scale_factor=0.8, keep_ratio=True)],
            [dict(type="Resize", scale_factor=1.0, keep_ratio=True)],
            [dict(type="Resize", scale_factor=1.25, keep_ratio=True)],
            [dict(type="Resize", scale_factor=1.6, keep_ratio=True)],
            [dict(type="Resize", scale_factor=2.0, keep_ratio=True)],
        ],
    ),
    dict(type="RandomCrop", crop_size=(256, 256), cat_max_ratio=0.9),
    dict(
        type="RandomFlip",
        prob=[0.25, 0.25, 0.25],
        direction=["horizontal", "vertical", "diagonal"],
    ),
    dict(type="PhotoMetricDistortion"),
    dict(type="PackSegInputs"),
]
norm_cfg = dict(type="BN", requires_grad=True)
model = dict(
    type="EncoderDecoder",
    backbone=dict(
        type="UNet",
        in_channels=3,
        base_channels=16,
        num_stages=5,
        strides=(2, 1, 1, 1, 1),
        enc_num_convs=(2, 2, 2, 2, 2),
        dec_num_convs=(2, 2, 2, 2),
        downsamples=(True, True, True, True),
        enc_dilations=(1, 1, 1, 1, 1),
        dec_dilations=(1, 1, 1, 1),
        norm_cfg=norm_cfg,
        act_cfg=dict(type="ReLU"),
        upsample_cfg=dict(type="InterpConv"),
    ),
    decode_head=dict(
        type="FCNHead",
        in_channels=16,
        in_index=4,
        channels=32,
        num_convs=1,
        concat_input=False,
        dropout_ratio=0.0,
        num_classes=2,
        norm_cfg=norm_cfg,
        align_corners=False,
        loss_decode=dict(type="CrossEntropyLoss", loss_weight=1.0),
    ),
    train_cfg=dict(),
    test_cfg=dict(mode="whole"),
)
