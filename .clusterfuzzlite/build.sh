#!/bin/bash -eu
# Builds every fuzz target for ClusterFuzzLite and OSS-Fuzz, with what their images supply: $SRC, $OUT, $WORK,
# cargo-fuzz and zip. `.ci/clusterfuzzlite` runs this script without an image, so that it cannot rot.

cd "$SRC/rebuttal"
export CARGO_TARGET_DIR="$WORK/target"
# Builds for coverage as well: the image's cargo turns this into what the sanitizer of that name needs.
cargo fuzz build -O --debug-assertions

for source in fuzz/fuzz_targets/*.rs; do
    target=$(basename "$source" .rs)
    # The dictionary and the options of a target are its own, or those of its family, the first word of its name.
    family=${target%%_*}
    cp "$CARGO_TARGET_DIR/x86_64-unknown-linux-gnu/release/$target" "$OUT/"

    for dictionary in "fuzz/$target.dict" "fuzz/$family.dict"; do
        if [ -f "$dictionary" ]; then
            cp "$dictionary" "$OUT/$target.dict"
            break
        fi
    done
    for options in "fuzz/$target.options" "fuzz/$family.options" fuzz/default.options; do
        if [ -f "$options" ]; then
            cp "$options" "$OUT/$target.options"
            break
        fi
    done

    # Seeds and regressions; of two files of one name the second would replace the first.
    seeds="$WORK/seeds/$target"
    rm -rf "$seeds"
    mkdir -p "$seeds"
    for folder in corpus regressions; do
        for file in "fuzz/$folder/$target"/*; do
            if [ -f "$file" ]; then
                cp "$file" "$seeds/$folder-$(basename "$file")"
            fi
        done
    done
    rm -f "$OUT/${target}_seed_corpus.zip"
    (cd "$seeds" && find . -type f | zip -q "$OUT/${target}_seed_corpus.zip" -@)
done
