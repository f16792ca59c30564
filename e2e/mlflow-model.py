"""Prints, as JSON, what MLflow's own code reads of a logged model: its signature and its input example."""
import json
import sys

import mlflow
from mlflow.models import Model

mlflow.set_tracking_uri(sys.argv[1])
model = Model.load(sys.argv[2])
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
