"""From a spec to mmengine's config."""
