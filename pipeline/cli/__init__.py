"""The command `fake-kanji`: main names the commands, common has what they share, and each command is a file: sample,
write, set, export_web, starts, track, export, check, font, ui. A new one is a file here and a name in main's COMMANDS.
"""
