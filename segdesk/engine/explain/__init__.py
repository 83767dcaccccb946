"""Where a model looks: class activation maps, saliency, occlusion."""
