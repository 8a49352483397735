#!/bin/sh
# Becomes /build/build-kubernetes.sh in a chroot of Debian 12: builds Debian's own source package of Kubernetes.
# /build holds the source package as apt fetched it; the programs end in /build/out.
set -eu
cd /build
version=$1

rm -rf tree go out tmp && mkdir -p go/src/k8s.io out tmp
dpkg-source --no-check -x kubernetes_*.dsc tree
ln -s /build/tree go/src/k8s.io/kubernetes
cd go/src/k8s.io/kubernetes

# The vendored reflect2 1.0.1 panics at run time with Go 1.18 and later; Debian packages 1.0.2.
rm -rf vendor/github.com/modern-go/reflect2
cp -r /usr/share/gocode/src/github.com/modern-go/reflect2 vendor/github.com/modern-go/

# GOPATH mode: this tree's go.mod and its vendor folder do not agree, so -mod=vendor refuses it.
export HOME=/build TMPDIR=/build/tmp GOPATH=/build/go GO111MODULE=off CGO_ENABLED=0 GOFLAGS=-trimpath PATH=/usr/lib/go/bin:$PATH

# The one generated file that upstream does not keep in its tree; the same call as build/root/Makefile.generated_files makes.
go build -o /build/openapi-gen ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
tagged=$(find -L pkg vendor/k8s.io -name '*.go' ! -name 'zz_generated*' \
  ! -path 'vendor/k8s.io/code-generator/*' ! -path 'vendor/k8s.io/sample-apiserver/*' ! -path '*/_examples/*' \
  -exec grep -l '+k8s:openapi-gen=' {} + | xargs -n1 dirname | LC_ALL=C sort -u | sed 's|^|k8s.io/kubernetes/|' | paste -sd,)
/build/openapi-gen --logtostderr -i "$tagged" -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi \
  -h vendor/k8s.io/code-generator/hack/boilerplate.go.txt -r /build/violations.report

rest=${version#*.}
stamp() { for package in client-go/pkg component-base; do printf ' -X k8s.io/kubernetes/vendor/k8s.io/%s/version.%s=%s' "$package" "$1" "$2"; done; }
ldflags="-s -w$(stamp gitVersion "v$version")$(stamp gitMajor "${version%%.*}")$(stamp gitMinor "${rest%%.*}")$(stamp gitTreeState archive)"
for program in kubeadm kubelet kubectl kube-apiserver kube-controller-manager kube-scheduler kube-proxy; do
  go build -ldflags "$ldflags" -o "/build/out/$program" "./cmd/$program"
done
