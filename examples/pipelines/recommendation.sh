#!/bin/sh
# The stages of recommendation-pipeline.yaml for any machine or container with a POSIX shell and awk. What a stage is
# given and where it leaves things comes by variables; its metrics are a JSON object in a file; 0 is good.
set -eu

case "$1" in
extract) # rows of the week: hours listened, and whether the recommendation was taken
  echo "rows of $LOOPWRIGHT_INPUT_DATE_RANGE"
  awk 'BEGIN { for (i = 0; i < 400; i++) print i % 40, (i % 40 >= 18 + i % 5) ? 1 : 0 }' >"$LOOPWRIGHT_OUTPUT_RAW_DATA/rows.txt"
  ;;
features) # the mean and the mean distance from it, by which the model scales
  awk '{ x[NR] = $1; s += $1 } END { m = s / NR; for (i = 1; i <= NR; i++) d += x[i] < m ? m - x[i] : x[i] - m; print m, d / NR }' \
    "$LOOPWRIGHT_INPUT_RAW_DATA/rows.txt" >"$LOOPWRIGHT_OUTPUT_FEATURES/scale.txt"
  cp "$LOOPWRIGHT_INPUT_RAW_DATA/rows.txt" "$LOOPWRIGHT_OUTPUT_FEATURES/rows.txt"
  ;;
train) # a logistic regression by gradient descent
  read -r mean scale <"$LOOPWRIGHT_INPUT_FEATURES/scale.txt"
  awk -v mean="$mean" -v scale="$scale" -v epochs="$LOOPWRIGHT_HYPERPARAMETER_EPOCHS" '
    # not every awk has exp: (1 + x / 1024) to the power of 1024
    function power(x, k) { x = 1 + x / 1024; if (x < 0) return 0; for (k = 0; k < 10; k++) x *= x; return x }
    { x[NR] = ($1 - mean) / scale; y[NR] = $2 }
    END {
      for (e = 0; e < epochs; e++) {
        ga = gb = 0
        for (i = 1; i <= NR; i++) { d = 1 / (1 + power(-(a + b * x[i]))) - y[i]; ga += d; gb += d * x[i] }
        a -= 2 * ga / NR; b -= 2 * gb / NR
      }
      printf "{\"format\":\"loopwright/logistic-regression@1\",\"features\":[{\"name\":\"hours\",\"mean\":%.6f,\"scale\":%.6f}],", mean, scale
      printf "\"coefficients\":[%.6f],\"intercept\":%.6f,\"trainedRows\":%d}", b, a, NR
    }' "$LOOPWRIGHT_INPUT_FEATURES/rows.txt" >"$LOOPWRIGHT_OUTPUT_MODEL/model.json"
  ;;
validate) # accuracy and auc on rows that were kept apart
  # shellcheck disable=SC2046 # four numbers
  set -- $(sed 's/.*"mean":\([^,]*\),"scale":\([^}]*\).*coefficients":\[\([^]]*\)\],"intercept":\([^,]*\),.*/\1 \2 \3 \4/' \
    "$LOOPWRIGHT_INPUT_MODEL/model.json")
  awk -v mean="$1" -v scale="$2" -v b="$3" -v a="$4" '
    { p[NR] = a + b * ($1 - mean) / scale; y[NR] = $2; right += ((p[NR] >= 0) == $2) }
    END {
      for (i = 1; i <= NR; i++) for (j = 1; j <= NR; j++) if (y[i] > y[j]) {
        pairs++; above += (p[i] > p[j]) ? 1 : (p[i] == p[j]) ? 0.5 : 0
      }
      printf "{\"accuracy\":%.4f,\"auc\":%.4f}", right / NR, above / pairs
    }' "$LOOPWRIGHT_INPUT_VALIDATION_DATA/rows.txt" >"$LOOPWRIGHT_METRICS_FILE"
  cat "$LOOPWRIGHT_METRICS_FILE"
  ;;
*)
  echo "unknown stage $1" >&2
  exit 2
  ;;
esac
