"""Prints every run that MLflow's own client finds at a tracking URI, as JSON."""
import json
import sys

from mlflow import MlflowClient

client = MlflowClient(sys.argv[1])


def artifacts(run_id, path=None):
    for item in client.list_artifacts(run_id, path):
        if item.is_dir:
            yield from artifacts(run_id, item.path)
        else:
            yield item.path, item.file_size


def points(run_id, key):
    return sorted([m.step, m.timestamp, m.value] for m in client.get_metric_history(run_id, key))


def read(experiment, run):
    run_id = run.info.run_id
    return {
        "experiment": experiment.name,
        "id": run_id,
        "name": run.info.run_name,
        "status": run.info.status,
        "parent": run.data.tags.get("mlflow.parentRunId"),
        "params": run.data.params,
        "tags": run.data.tags,
        "datasets": [
            {
                "name": used.dataset.name,
                "digest": used.dataset.digest,
                "context": next((tag.value for tag in used.tags if tag.key == "mlflow.data.context"), None),
            }
            for used in run.inputs.dataset_inputs
        ],
        "points": {key: points(run_id, key) for key in run.data.metrics},
        # Buckets need a library and credentials that the tests do not have.
        "artifacts": {} if run.info.artifact_uri.startswith("s3:") else dict(artifacts(run_id)),
    }


runs = [
    read(experiment, run)
    for experiment in client.search_experiments()
    for run in client.search_runs([experiment.experiment_id])
]
json.dump(sorted(runs, key=lambda run: (run["experiment"], run["name"])), sys.stdout)
