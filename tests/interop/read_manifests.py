"""Holds Kubernetes manifests against their schema, and reads them: `{"exports": [{file: text}, ...]}` in, a JSON list of objects out."""

import json
import sys

import kubernetes_validate
import yaml


def read(files):
    documents = {name: yaml.safe_load(text) for name, text in files.items()}
    for name, document in documents.items():
        # What others add to Kubernetes has a schema elsewhere.
        if not document["apiVersion"].startswith("external-secrets.io/"):
            kubernetes_validate.validate(document, "1.33", strict=True)
    deployment = documents["deployment.yaml"]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    environment = {entry["name"]: entry for entry in container["env"]}
    reference = environment["DATABRICKS_TOKEN"]["valueFrom"]["secretKeyRef"]
    found = {"name": reference["name"], "namespace": deployment["metadata"].get("namespace", "")}
    if "secret.yaml" in documents:
        found["token"] = documents["secret.yaml"]["stringData"][reference["key"]]
    else:
        spec = documents["external-secret.yaml"]["spec"]
        found.update(remote_key=spec["data"][0]["remoteRef"]["key"], store=spec["secretStoreRef"]["name"])
    return found


print(json.dumps([read(files) for files in json.load(sys.stdin)["exports"]]))
