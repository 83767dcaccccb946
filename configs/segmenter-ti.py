# Segmenter-Ti: 6.7 M weights, attention over the whole picture, one token a class.
_base_ = ["./_base_/pictures.py", "./_base_/adamw.py"]
crop_size = (256, 256)
data_preprocessor = dict(
    mean=[127.5, 127.5, 127.5],
    std=[127.5, 127.5, 127.5],
)
model = dict(
    type="EncoderDecoder",
    backbone=dict(
        type="VisionTransformer",
        img_size=(256, 256),
        patch_size=16,
        in_channels=3,
        embed_dims=192,
        num_layers=12,
        num_heads=3,
        drop_path_rate=0.1,
        attn_drop_rate=0.0,
        drop_rate=0.0,
        final_norm=True,
        norm_cfg=dict(type="LN", eps=1e-6, requires_grad=True),
        with_cls_token=True,
        interpolate_mode="bicubic",
    ),
    decode_head=dict(
        type="SegmenterMaskTransformerHead",
        in_channels=192,
        channels=192,
        num_classes=2,
        num_layers=2,
        num_heads=3,
        embed_dims=192,
        dropout_ratio=0.0,
        loss_decode=dict(type="CrossEntropyLoss", loss_weight=1.0),
    ),
    train_cfg=dict(),
    test_cfg=dict(mode="slide", crop_size=(256, 256), stride=(170, 170)),
)
optim_wrapper = dict(optimizer=dict(lr=0.0003))
