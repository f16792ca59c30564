"""Writes pytorch.json: losses of classifiers, their gradients, and AdamW, as PyTorch computes them in float64.

    pip install torch==2.15.0
    python make.py
    npx prettier --write pytorch.json
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(17)
N, K = 6, 3
logits = (2 * torch.randn(N, K, dtype=torch.float64)).round(decimals=6)
labels = torch.tensor([0, 2, 1, 1, 0, 1])
weights = torch.tensor([0.5, 1.5, 3.0], dtype=torch.float64)


def case(name, loss, settings):
    x = logits.clone().requires_grad_()
    value = loss(x)
    value.backward()
    return {"name": name, "settings": settings, "loss": value.item(), "gradient": x.grad.flatten().tolist()}


def focal(x, gamma, weight):
    p = F.log_softmax(x, dim=1).gather(1, labels[:, None])[:, 0]
    w = torch.ones(K, dtype=torch.float64)[labels] if weight is None else weight[labels]
    return -(w * (1 - p.exp()) ** gamma * p).sum() / w.sum()


losses = [
    case("cross entropy", lambda x: F.cross_entropy(x, labels), {}),
    case("class weights", lambda x: F.cross_entropy(x, labels, weight=weights), {"classWeights": weights.tolist()}),
    case("label smoothing", lambda x: F.cross_entropy(x, labels, label_smoothing=0.1), {"labelSmoothing": 0.1}),
    case(
        "class weights and label smoothing",
        lambda x: F.cross_entropy(x, labels, weight=weights, label_smoothing=0.2),
        {"classWeights": weights.tolist(), "labelSmoothing": 0.2},
    ),
    case("focal", lambda x: focal(x, 2.0, None), {"focal": 2}),
    case(
        "focal with class weights",
        lambda x: focal(x, 1.5, weights),
        {"focal": 1.5, "classWeights": weights.tolist()},
    ),
]

start = [[1.0, -2.0], [0.5, 0.0]]
bias = [0.7, -0.3]
rates = [1e-3, 5e-4, 2e-3, 1e-3]
matrix = torch.tensor(start, dtype=torch.float64, requires_grad=True)
vector = torch.tensor(bias, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.AdamW(
    [{"params": [matrix], "weight_decay": 0.05}, {"params": [vector], "weight_decay": 0.0}], lr=1.0
)
steps = []
for rate in rates:
    gradients = [torch.randn(2, 2, dtype=torch.float64).round(decimals=6), torch.randn(2, dtype=torch.float64).round(decimals=6)]
    matrix.grad, vector.grad = gradients[0].clone(), gradients[1].clone()
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    steps.append(
        {
            "rate": rate,
            "gradients": [g.flatten().tolist() for g in gradients],
            "matrix": matrix.detach().flatten().tolist(),
            "vector": vector.detach().flatten().tolist(),
        }
    )

golden = {
    "logits": logits.flatten().tolist(),
    "labels": labels.tolist(),
    "classes": K,
    "losses": losses,
    "adamw": {"matrix": [v for row in start for v in row], "vector": bias, "weightDecay": 0.05, "steps": steps},
}
path = pathlib.Path(__file__).with_name("pytorch.json")
path.write_text(json.dumps(golden) + "\n")
