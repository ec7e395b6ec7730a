from __future__ import annotations

from pathlib import Path

from tunegenie_assets.resources.report_folder import ReportFolder, page_of


def test_a_file_is_written_whole_in_place_of_the_older(tmp_path: Path) -> None:
    reports = ReportFolder(root=str(tmp_path / "reports"))
    for text in ("first, and longer", "zweite Fassung, é"):
        path = reports.write("model", "model.yaml", text)
        assert path.read_text(encoding="utf-8") == text == reports.read("model", "model.yaml")
        assert [path.name for path in path.parent.iterdir()] == ["model.yaml"]


def test_a_newer_page_takes_the_place_of_the_older(tmp_path: Path) -> None:
    reports = ReportFolder(root=str(tmp_path / "reports"))
    for text in ("first", "second"):
        fresh = tmp_path / "fresh.html"
        fresh.write_text(text, encoding="utf-8")
        page = reports.publish("dbt_docs", fresh)
        assert not fresh.exists()
        assert page == page_of(tmp_path / "reports", "dbt_docs")
        assert page.read_text(encoding="utf-8") == text
    assert [path.name for path in page.parent.iterdir()] == ["index.html"]
