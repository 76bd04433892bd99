"""Reads .databrickscfg files as databricks-sdk-py does (config.py): a JSON array of texts in, for each a JSON object of sections, or null."""

import configparser
import json
import sys


def read(text):
    parser = configparser.ConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    profiles = {name: dict(section) for name, section in parser._sections.items()}
    if parser.defaults():
        profiles["DEFAULT"] = dict(parser.defaults())
    return profiles


json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
