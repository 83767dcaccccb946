# Transformers and small networks that are trained from random weights.
optim_wrapper = dict(
    type="OptimWrapper",
    optimizer=dict(type="AdamW", lr=0.001, betas=(0.9, 0.999), weight_decay=0.01),
    paramwise_cfg=dict(norm_decay_mult=0.0),
    clip_grad=dict(max_norm=5.0, norm_type=2),
)
train_cfg = dict(type="IterBasedTrainLoop", max_iters=40000, val_interval=4000)
param_scheduler = [
    dict(type="LinearLR", start_factor=0.01, by_epoch=False, begin=0, end=1000),
    dict(
        type="PolyLR",
        eta_min=0.0,
        power=0.9,
        by_epoch=False,
        begin=1000,
        end=40000,
    ),
]
