# Convolutional networks.
optim_wrapper = dict(
    type="OptimWrapper",
    optimizer=dict(type="SGD", lr=0.01, momentum=0.9, weight_decay=0.0005),
    clip_grad=dict(max_norm=10.0, norm_type=2),
)
train_cfg = dict(type="IterBasedTrainLoop", max_iters=40000, val_interval=4000)
param_scheduler = [
    dict(type="LinearLR", start_factor=0.01, by_epoch=False, begin=0, end=1000),
    dict(
        type="PolyLR",
        eta_min=0.0001,
        power=0.9,
        by_epoch=False,
        begin=1000,
        end=40000,
    ),
]
