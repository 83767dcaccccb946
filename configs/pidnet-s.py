# PIDNet-S: 7.7 M weights, a third branch for borders; real time.
_base_ = ["./_base_/pictures.py", "./_base_/adamw.py"]
data_preprocessor = dict(test_cfg=dict(size_divisor=64))
train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="LoadAnnotations"),
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
    # What the border branch learns.
    dict(type="GenerateEdge", edge_width=4),
    dict(type="PackSegInputs"),
]
norm_cfg = dict(type="BN", requires_grad=True)
model = dict(
    type="EncoderDecoder",
    backbone=dict(
        type="PIDNet",
        in_channels=3,
        channels=32,
        ppm_channels=96,
        num_stem_blocks=2,
        num_branch_blocks=3,
        align_corners=False,
        norm_cfg=norm_cfg,
        act_cfg=dict(type="ReLU", inplace=True),
    ),
    decode_head=dict(
        type="PIDHead",
        in_channels=128,
        channels=128,
        num_classes=2,
        norm_cfg=norm_cfg,
        act_cfg=dict(type="ReLU", inplace=True),
        align_corners=True,
        loss_decode=[
            dict(type="CrossEntropyLoss", loss_weight=0.4),
            dict(
                type="OhemCrossEntropy",
                thres=0.9,
                min_kept=131072,
                loss_weight=1.0,
            ),
            dict(type="BoundaryLoss", loss_weight=20.0),
            dict(
                type="OhemCrossEntropy",
                thres=0.9,
                min_kept=131072,
                loss_weight=1.0,
            ),
        ],
    ),
    train_cfg=dict(),
    test_cfg=dict(mode="whole"),
)
