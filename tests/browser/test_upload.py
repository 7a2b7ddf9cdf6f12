"""A table of one's own, in a real browser."""

from hands import button, charts, ended
from playwright.sync_api import expect
from served import until
from visits import accessible, fits, in_themes


def test_a_table_is_uploaded_and_trained_on(page, server, tmp_path):
    file = tmp_path / "heights.csv"
    rows = [f"{place},{place % 7},{'tall' if place > 40 else 'short'}" for place in range(80)]
    file.write_text("\n".join(["age,shoe,size", *rows]))
    page.goto(f"{server.url}/lab?dataset=upload&depth=1&width=8&steps=60")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    page.get_by_text("heights.csv, 80 rows, 2 features, 2 classes of 'size'.").wait_for()
    charts(page).first.wait_for()
    button(page, "Start training").click()
    ended(page)
    # Streamlit's own field for files has a role and a label that exclude each other; axe calls that minor.
    for _ in in_themes(page):
        accessible(page, leave_out="[data-testid=stFileUploaderDropzone]")
    page.set_viewport_size({"width": 390, "height": 800})
    until(lambda: fits(page))


def test_a_file_that_is_no_table_is_refused_in_words(page, server, tmp_path):
    file = tmp_path / "photo.csv"
    file.write_bytes(bytes(range(256)) * 4)
    page.goto(f"{server.url}/lab?dataset=upload")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.get_by_test_id("stAlert")).to_contain_text("This is binary data, not a CSV file")
    expect(button(page, "Start training")).to_be_disabled()


def test_addresses_in_a_file_do_not_become_links(page, server, tmp_path):
    file = tmp_path / "www.there.example.csv"
    head = "5,http://there.example/x,me@there.example,_b_"
    rows = [f"{place},x,n{place},{'xy'[place % 2]}" for place in range(80)]
    file.write_text("\n".join([head, *rows]))
    page.goto(f"{server.url}/map?dataset=upload&depth=1&width=8&steps=60")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    page.get_by_text("3 classes of 'column 4'").wait_for()
    page.get_by_role("radio", name="Names").click()
    page.get_by_text("2 classes of '_b_'").wait_for()
    expect(page.get_by_text("me\u2060@there.example")).to_be_visible()
    assert page.locator("a[href*=there]").count() == 0
    for _ in in_themes(page):
        accessible(page, leave_out="[data-testid=stFileUploaderDropzone]")
