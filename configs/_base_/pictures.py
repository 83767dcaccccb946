# What every recipe shares: how pictures come in, how a training reports.
# The builder fills in the crop, the classes, the folders and the length.
default_scope = "mmseg"
train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="LoadAnnotations"),
    # Scales are relative to each picture's own size.
    dict(
        type="RandomChoice",
        transforms=[
            [dict(type="Resize", scale_factor=0.5, keep_ratio=True)],
            [dict(type="Resize", scale_factor=0.7, keep_ratio=True)],
            [dict(type="Resize", scale_factor=0.85, keep_ratio=True)],
            [dict(type="Resize", scale_factor=1.0, keep_ratio=True)],
            [dict(type="Resize", scale_factor=1.2, keep_ratio=True)],
            [dict(type="Resize", scale_factor=1.5, keep_ratio=True)],
            [dict(type="Resize", scale_factor=2.0, keep_ratio=True)],
        ],
    ),
    dict(type="RandomCrop", crop_size=(512, 512), cat_max_ratio=0.75),
    dict(type="RandomFlip", prob=0.5),
    dict(type="PhotoMetricDistortion"),
    dict(type="PackSegInputs"),
]
data_preprocessor = dict(
    type="SegDataPreProcessor",
    # Of ImageNet, RGB.
    mean=[123.675, 116.28, 103.53],
    std=[58.395, 57.12, 57.375],
    bgr_to_rgb=True,
    pad_val=0,
    seg_pad_val=255,
    size=(512, 512),
    # Pictures of any size are padded to what the network's strides divide.
    test_cfg=dict(size_divisor=32),
)
