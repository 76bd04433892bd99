"""Reads each linked service of the standard input with the official SDK of Azure Data Factory and writes it again: it must be the same.

Prints how many there were.
"""

import json
import sys

from azure.mgmt.datafactory import models
from azure.mgmt.datafactory._utils.model_base import _deserialize

KINDS = {
    "AzureDatabricks": models.AzureDatabricksLinkedService,
    "AzureDatabricksDeltaLake": models.AzureDatabricksDeltaLakeLinkedService,
}


def unknown(model, written, at=""):
    """What the SDK keeps but has no property for."""
    names = {field._rest_name for field in model._attr_to_rest_field.values()}
    return [at + key for key in written if key not in names]


def main():
    services = json.load(sys.stdin)
    for service in services:
        read = _deserialize(models.LinkedServiceResource, service)
        properties = read.properties
        assert type(properties) is KINDS[service["properties"]["type"]], type(properties)
        written = json.loads(json.dumps(read.as_dict()))
        assert written == service, (written, service)
        stray = unknown(properties, service["properties"]) + unknown(properties.type_properties, service["properties"]["typeProperties"])
        assert not stray, stray
    print(len(services))


main()
