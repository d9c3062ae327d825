# docker buildx bake -f deploy/docker-bake.hcl            builds for this machine's platform
# docker buildx bake -f deploy/docker-bake.hcl release    builds for all platforms and pushes, with SBOM and provenance
#
# VERSION=0.1.0 REGISTRY=registry.example.com/team docker buildx bake -f deploy/docker-bake.hcl release
# `release` needs a builder with the docker-container driver: docker buildx create --use

variable "REGISTRY" {
  default = ""
}

variable "VERSION" {
  default = "0.1.0"
}

variable "REVISION" {
  default = "unknown"
}

group "default" {
  targets = ["latchkey"]
}

target "latchkey" {
  context    = "."
  dockerfile = "Dockerfile"
  args = {
    VERSION  = VERSION
    REVISION = REVISION
  }
  tags = [REGISTRY == "" ? "latchkey:${VERSION}" : "${REGISTRY}/latchkey:${VERSION}"]
}

target "release" {
  inherits  = ["latchkey"]
  platforms = ["linux/amd64", "linux/arm64"]
  # What is in the image, and how it was built: `docker buildx imagetools inspect <image> --format '{{ json .SBOM }}'`.
  attest = ["type=sbom", "type=provenance,mode=max"]
  output = ["type=registry"]
}
