"""The map from folders to packages; everything declarative lives in pyproject.toml."""

from setuptools import find_packages, setup

FOLDERS = {
    "ckanext.smartregion": "ckanext-smartregion/ckanext/smartregion",
    "ckanext.smartregion.harvesters": "harvesters",
    "ckanext.smartregion.schemas": "schemas",
}

setup(
    package_dir=FOLDERS,
    packages=[*FOLDERS, *(f"{name}.{sub}" for name, folder in FOLDERS.items() for sub in find_packages(folder))],
    package_data={name: ["**/*"] for name in FOLDERS},
    exclude_package_data={"": ["**/*.pyc"]},
    include_package_data=False,
)
