# DDRNet-23-slim: 5.7 M weights, two resolutions that talk to each other; real time.
_base_ = ["./_base_/pictures.py", "./_base_/adamw.py"]
data_preprocessor = dict(test_cfg=dict(size_divisor=64))
norm_cfg = dict(type="BN", requires_grad=True)
model = dict(
    type="EncoderDecoder",
    backbone=dict(
        type="DDRNet",
        in_channels=3,
        channels=32,
        ppm_channels=128,
        norm_cfg=norm_cfg,
        align_corners=False,
    ),
    decode_head=dict(
        type="DDRHead",
        in_channels=128,
        channels=64,
        dropout_ratio=0.0,
        num_classes=2,
        align_corners=False,
        norm_cfg=norm_cfg,
        loss_decode=[
            # This head asks its losses themselves what to ignore.
            dict(
                type="OhemCrossEntropy",
                thres=0.9,
                min_kept=131072,
                loss_weight=1.0,
            ),
            dict(
                type="OhemCrossEntropy",
                thres=0.9,
                min_kept=131072,
                loss_weight=0.4,
            ),
        ],
    ),
    train_cfg=dict(),
    test_cfg=dict(mode="whole"),
)
