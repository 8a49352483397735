#!/bin/sh
# Becomes the last step of the root file system in which Kubernetes is built, whose path is $1.
set -eu
mkdir "$1/build"
