"""Copies a logged model into a folder, and prints, as JSON, what MLflow's own code reads of it."""
import json
import sys

import mlflow
from mlflow.models import Model

mlflow.set_tracking_uri(sys.argv[1])
model = Model.load(sys.argv[2])
mlflow.artifacts.download_artifacts(sys.argv[2], dst_path=sys.argv[3])
example = model.load_input_example(sys.argv[2])
json.dump(
    {
        "flavors": sorted(model.flavors),
        "inputs": [[spec.name, str(spec.type), list(spec.shape)] for spec in model.signature.inputs],
        "outputs": [[spec.name, str(spec.type), list(spec.shape)] for spec in model.signature.outputs],
        "example": {name: list(values.shape) for name, values in example.items()},
    },
    sys.stdout,
)
