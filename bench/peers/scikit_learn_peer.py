from serve import codes, floats, serve
from sklearn.metrics import roc_auc_score


def auroc(labels, scores):
    y, s = codes(labels), floats(scores)
    return lambda: roc_auc_score(y, s), float


serve("scikit-learn", {"auroc": auroc})
