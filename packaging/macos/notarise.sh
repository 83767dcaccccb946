#!/usr/bin/env bash
# Sign, notarise and pack SegDesk.app, so that macOS opens it without a warning.
#
#   packaging/macos/notarise.sh dist/SegDesk.app "Developer ID Application: NAME (TEAM)"
#
# Needs a paid Apple developer account, its certificate in the keychain, and, once:
#   xcrun notarytool store-credentials segdesk --apple-id … --team-id … --password …
set -euo pipefail

app=${1:?the folder SegDesk.app}
identity=${2:?the name of the certificate}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
image=${app%.app}.dmg

sign() {
    codesign --force --timestamp --options runtime \
        --entitlements "$here/entitlements.plist" --sign "$identity" "$@"
}

# From the inside out: what is signed later holds what was signed before.
find "$app/Contents" -type f \( -name '*.so' -o -name '*.dylib' \) -print0 |
    while IFS= read -r -d '' library; do sign "$library"; done
find "$app/Contents/Frameworks" -maxdepth 3 -name '*.framework' -print0 |
    while IFS= read -r -d '' framework; do sign "$framework"; done
for program in "$app"/Contents/MacOS/*; do sign "$program"; done
sign "$app"
codesign --verify --deep --strict --verbose=2 "$app"

hdiutil create -volname SegDesk -srcfolder "$app" -ov -format UDZO "$image"
codesign --force --timestamp --sign "$identity" "$image"
xcrun notarytool submit "$image" --keychain-profile segdesk --wait
xcrun stapler staple "$image"
spctl --assess --type open --context context:primary-signature --verbose "$image"
