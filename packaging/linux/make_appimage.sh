#!/usr/bin/env bash
# Pack a finished bundle into one file that runs where it lies.
#
#   packaging/linux/make_appimage.sh dist/segdesk [SegDesk-x86_64.AppImage]
#
# Needs `appimagetool` (https://appimage.github.io/appimagetool) on the PATH, or its
# path in APPIMAGETOOL. With PACK=no it stops at the AppDir, beside the bundle.
set -euo pipefail

bundle=$(realpath "${1:?the folder that was built}")
target=${2:-SegDesk-$(uname -m).AppImage}
directory=$bundle.AppDir

rm -rf "$directory"
mkdir -p "$directory/usr/lib" "$directory/usr/share/applications" \
    "$directory/usr/share/icons/hicolor/512x512/apps"
cp -a "$bundle" "$directory/usr/lib/segdesk"
cp "$bundle/segdesk.desktop" "$directory/segdesk.desktop"
cp "$bundle/segdesk.desktop" "$directory/usr/share/applications/"
cp "$bundle/segdesk.png" "$directory/segdesk.png"
cp "$bundle/segdesk.png" "$directory/usr/share/icons/hicolor/512x512/apps/"
ln -s segdesk.png "$directory/.DirIcon"
# No variable is set here: what the program starts must see the user's own.
cat >"$directory/AppRun" <<'END'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/usr/lib/segdesk/segdesk" "$@"
END
chmod 755 "$directory/AppRun"

if [[ ${PACK:-yes} == no ]]; then
    echo "AppDir: $directory"
    exit 0
fi
ARCH=$(uname -m) "${APPIMAGETOOL:-appimagetool}" --comp zstd "$directory" "$target"
rm -rf "$directory"
