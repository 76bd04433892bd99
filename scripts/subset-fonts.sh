#!/bin/sh
# Makes the fonts in assets/fonts from their upstream files. Needed only when a font or an icon changes: the results are committed.
#
# Needs: npm, python3 with fonttools (`pip install fonttools`), Inter 4 as OpenType files (Debian: fonts-inter), DejaVu Sans Mono 2.37
# (Debian: fonts-dejavu-core).
# The icons that are kept are those that src/ui/icons.rs names by code point.
set -eu

cd "$(dirname "$0")/.."
inter="${INTER_DIR:-/usr/share/fonts/opentype/inter}"
subset="${PYFTSUBSET:-pyftsubset}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# Basic Latin to Latin Extended-B, spacing modifiers, combining marks, Greek, Cyrillic, Latin Extended Additional, punctuation,
# superscripts, currency, letterlike, arrows, mathematical operators, geometric shapes.

# The outline of the missing glyph is kept: a letter that no font has shows as a box, not as nothing.
# No contextual alternates: they turn "->" into an arrow and the x of "1x2" into a multiplication sign, also in a host or a token.
letters="U+0000-024F,U+02B0-02FF,U+0300-036F,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+2000-206F,U+2070-209F,U+20A0-20BF,U+2100-214F,U+2190-21FF,U+2200-22FF,U+25A0-25FF"
for weight in Regular Medium SemiBold; do
  "$subset" "$inter/Inter-$weight.otf" --unicodes="$letters" --layout-features='kern,mark,mkmk,ccmp,locl' \
    --notdef-outline --no-hinting --name-IDs='0,1,2,4,5,6,13,14' --output-file="assets/fonts/Inter-$weight.otf"
done

# For commands: Latin letters alone, Inter stands in for the rest.
"$subset" "${DEJAVU_DIR:-/usr/share/fonts/truetype/dejavu}/DejaVuSansMono.ttf" --unicodes="U+0020-007E,U+00A0-017F,U+2018-201F" --layout-features='' \
  --notdef-outline --no-hinting --name-IDs='0,1,2,4,5,6,13,14' --output-file=assets/fonts/DejaVuSansMono.ttf

(cd "$work" && npm pack --silent @phosphor-icons/web@2.1.2 >/dev/null && tar xzf phosphor-icons-web-2.1.2.tgz)
icons="$(grep -o '\\u{[0-9a-f]*}' src/ui/icons.rs | sed 's/\\u{\(.*\)}/U+\1/' | sort -u | paste -sd, -)"
"$subset" "$work/package/src/regular/Phosphor.ttf" --unicodes="$icons" --layout-features='' --no-hinting --output-file=assets/fonts/Phosphor-Regular.ttf
"$subset" "$work/package/src/fill/Phosphor-Fill.ttf" --unicodes="$icons" --layout-features='' --no-hinting --output-file=assets/fonts/Phosphor-Fill.ttf
cp "$work/package/LICENSE" assets/fonts/Phosphor-LICENSE.txt
ls -l assets/fonts
