"""Writes statistics.json: what scikit-learn and scipy compute, for the tests beside it.

    pip install scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
    python make.py
    npx prettier --write statistics.json
"""

import json
import pathlib

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.stats import norm
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    confusion_matrix,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

ALLOWED = 1e-12
random = np.random.default_rng(17)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def kernel(x, y):
    return (x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :])


def placements(scores, positive):
    psi = kernel(scores[positive == 1], scores[positive == 0])
    return psi.mean(), psi.mean(axis=1), psi.mean(axis=0)


def delong(first, second, positive):
    a, b = placements(first, positive), placements(second, positive)
    m, n = len(a[1]), len(a[2])
    covariance = np.cov(a[1], b[1]) / m + np.cov(a[2], b[2]) / n
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    z = (b[0] - a[0]) / np.sqrt(variance)
    return {
        "first": {"auc": a[0], "variance": covariance[0, 0]},
        "second": {"auc": b[0], "variance": covariance[1, 1]},
        "difference": b[0] - a[0],
        "variance": variance,
        "z": z,
        "p": 2 * norm.sf(abs(z)),
    }


def ece(positive, probability, weights, bins):
    """The definition, on the bins of calibration_curve where no weights are given."""
    index = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], probability)
    total = 0.0
    for b in range(bins):
        inside = index == b
        w = weights[inside]
        if w.sum() > 0:
            total += abs(np.sum(w * probability[inside]) - np.sum(w * positive[inside]))
    value = total / weights.sum()
    if np.all(weights == 1):
        observed, predicted = calibration_curve(positive, probability, n_bins=bins)
        counts = np.bincount(index, minlength=bins)
        assert abs(value - np.sum(counts[counts > 0] * abs(observed - predicted)) / len(positive)) < 1e-12
    return value


def line(logits, positive, weights):
    """scikit-learn's optimum, polished by Newton steps in scipy, since its solvers stop at about 1e-8."""
    fit = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-14, max_iter=1000)
    fit.fit(logits[:, None], positive, sample_weight=weights)
    design = np.stack([np.ones_like(logits), logits], axis=1)

    def loss(ab):
        x = design @ ab
        return np.sum(weights * (np.logaddexp(0, x) - positive * x))

    def gradient(ab):
        return design.T @ (weights * (sigmoid(design @ ab) - positive))

    def hessian(ab):
        p = sigmoid(design @ ab)
        return (design * (weights * p * (1 - p))[:, None]).T @ design

    start = np.array([fit.intercept_[0], fit.coef_[0, 0]])
    best = minimize(loss, start, jac=gradient, hess=hessian, method="trust-exact", options={"gtol": 1e-12}).x
    best = best - np.linalg.solve(hessian(best), gradient(best))
    assert np.abs(best - start).max() < 1e-5, (best, start)
    return {"intercept": best[0], "slope": best[1]}


def temperature(logits, labels):
    def slope(beta):
        z = logits * beta
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        return np.mean((p * logits).sum(axis=1) - logits[np.arange(len(labels)), labels])

    return 1 / brentq(slope, 1 / 20, 1 / 0.05, xtol=1e-16, rtol=8.9e-16)


def figures(scores, positive, weights):
    probability = sigmoid(scores)
    fpr, tpr, thresholds = roc_curve(positive, scores, sample_weight=weights, drop_intermediate=False)
    allowed = fpr <= 0.1 + ALLOWED
    called = scores >= 0.25
    return {
        "auc": roc_auc_score(positive, scores, sample_weight=weights),
        "averagePrecision": average_precision_score(positive, scores, sample_weight=weights),
        "sensitivityAt90": tpr[allowed].max(),
        "balancedAccuracyAtQuarter": balanced_accuracy_score(positive, called, sample_weight=weights),
        "confusionAtQuarter": confusion_matrix(positive, called, sample_weight=weights).tolist(),
        "brier": brier_score_loss(positive, probability, sample_weight=weights),
        "ece15": ece(positive, probability, weights, 15),
        "ece10": ece(positive, probability, weights, 10),
        "line": line(scores, positive, weights),
    }


def case(name, count, prevalence, decimals):
    positive = (random.random(count) < prevalence).astype(int)
    signal = random.normal(size=count) + 0.9 * positive
    first = np.round(1.3 * signal - 0.4, decimals)
    second = np.round(1.1 * signal + 0.8 * random.normal(size=count), decimals)
    ones = np.ones(count)
    resampled = np.bincount(random.integers(count, size=count), minlength=count).astype(float)
    fpr, tpr, thresholds = roc_curve(positive, first, drop_intermediate=False)
    precision, recall, levels = precision_recall_curve(positive, first)
    return {
        "name": name,
        "positive": positive.tolist(),
        "first": first.tolist(),
        "second": second.tolist(),
        "weights": resampled.tolist(),
        "figures": figures(first, positive, ones),
        "weighted": figures(first, positive, resampled),
        "roc": {"sensitivity": tpr.tolist(), "specificity": (1 - fpr).tolist(), "thresholds": thresholds[1:].tolist()},
        # scikit-learn goes from the lowest threshold to the highest and ends with recall 0.
        "precisionRecall": {
            "precision": precision[:-1][::-1].tolist(),
            "recall": recall[:-1][::-1].tolist(),
            "thresholds": levels[::-1].tolist(),
        },
        "delong": delong(first, second, positive),
    }


def classes(count, k):
    labels = random.integers(k, size=count)
    logits = 3 * random.normal(size=(count, k))
    logits[np.arange(count), labels] += 2
    predicted = logits.argmax(axis=1)
    return {
        "logits": logits.ravel().tolist(),
        "labels": labels.tolist(),
        "classes": k,
        "temperature": temperature(logits, labels),
        "predicted": predicted.tolist(),
        "confusion": confusion_matrix(labels, predicted).tolist(),
        "balancedAccuracy": balanced_accuracy_score(labels, predicted),
    }


values = np.sort(random.normal(size=23))
golden = {
    "cases": [
        case("distinct scores", 120, 0.4, 12),
        case("many ties", 150, 0.3, 0),
        case("a rare class", 90, 0.12, 2),
    ],
    "classes": [classes(80, 2), classes(70, 5)],
    "quantiles": {
        "values": values.tolist(),
        "at": [0, 0.025, 0.5, 0.975, 1],
        "expected": np.quantile(values, [0, 0.025, 0.5, 0.975, 1]).tolist(),
    },
    "normal": [[z, 2 * norm.sf(z)] for z in [0.0, 0.3, 1.96, 2.5, 2.9, 4.0, 7.5]],
}
path = pathlib.Path(__file__).with_name("statistics.json")
path.write_text(json.dumps(golden) + "\n")
