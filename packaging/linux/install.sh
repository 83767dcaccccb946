#!/bin/sh
# Put SegDesk into the menu of this user: run it where the bundle is to stay.
#
#   ./install.sh           adds the menu entry, the icon, ~/.local/bin/segdesk
#   ./install.sh --remove  takes them away
set -eu

here=$(dirname "$(readlink -f "$0")")
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/segdesk.desktop
icon=$data/icons/hicolor/512x512/apps/segdesk.png
link=$HOME/.local/bin/segdesk

if [ "${1:-}" = --remove ]; then
    rm -f "$entry" "$icon" "$link"
    exit 0
fi
mkdir -p "$(dirname "$entry")" "$(dirname "$icon")" "$(dirname "$link")"
# In a desktop entry, quotes hold a path together; $ ` " \ in it are escaped.
program=$(printf '%s' "$here/segdesk" | sed 's/[\\"`$]/\\\\&/g; s/%/%%/g')
PROGRAM=$program awk '
    /^Exec=/ { print "Exec=\"" ENVIRON["PROGRAM"] "\" %F"; next } { print }
' "$here/segdesk.desktop" >"$entry"
cp "$here/segdesk.png" "$icon"
ln -sfn "$here/segdesk" "$link"
command -v update-desktop-database >/dev/null && update-desktop-database "$data/applications" || true
echo "SegDesk is in the menu; segdesk is in $HOME/.local/bin"
