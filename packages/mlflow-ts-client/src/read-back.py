"""Prints what MLflow's own client finds in experiments, as JSON: a list, one item for each name.

read-back.py TRACKING_URI EXPERIMENT_NAME...
"""

import json
import sys

from mlflow.tracking import MlflowClient

client = MlflowClient(tracking_uri=sys.argv[1])


def files_of(run_id, folder=None):
    for entry in client.list_artifacts(run_id, folder):
        if entry.is_dir:
            yield from files_of(run_id, entry.path)
        else:
            yield {"path": entry.path, "size": entry.file_size}


def point(metric):
    # As text: JavaScript would round a large integer, and JSON has no NaN.
    return [str(metric.step), str(metric.timestamp), repr(metric.value)]


def described(run):
    run_id = run.info.run_id
    return {
        "runId": run_id,
        "runName": run.info.run_name,
        "status": run.info.status,
        "startTime": run.info.start_time,
        "endTime": run.info.end_time,
        "params": run.data.params,
        "tags": run.data.tags,
        "metrics": {key: [point(m) for m in client.get_metric_history(run_id, key)] for key in run.data.metrics},
        "datasets": [
            {
                "name": used.dataset.name,
                "digest": used.dataset.digest,
                "source": used.dataset.source,
                "tags": {tag.key: tag.value for tag in used.tags},
            }
            for used in run.inputs.dataset_inputs
        ],
        "artifacts": list(files_of(run_id)) if run.info.artifact_uri else [],
    }


def experiment_described(name):
    experiment = client.get_experiment_by_name(name)
    runs = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time ASC"])
    return {
        "experimentId": experiment.experiment_id,
        "tags": experiment.tags,
        # A search leaves inputs out.
        "runs": [described(client.get_run(run.info.run_id)) for run in runs],
    }


print(json.dumps([experiment_described(name) for name in sys.argv[2:]]))
