# SPDX-License-Identifier: GPL-2.0-only
# Configuration of Sphinx for these documents when they are not in a kernel's tree.
"""kernel-doc comments are read by the kernel's own script, scripts/kernel-doc in
the kernel headers, if KERNEL_DOC names it; else the header is shown as it is."""
import os
import subprocess

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

project = 'zvmo'
copyright = 'The zvmo authors'
html_theme = 'alabaster'
html_theme_options = {'nosidebar': False, 'page_width': '64em'}
exclude_patterns = ['netlink', 'pictures']
html_copy_source = False
# What a C signature refers to is the kernel's or the C library's.
nitpick_ignore_regex = [('c:.*', '.*')]


class KernelDoc(Directive):
    """The directive kernel-doc:: FILE, as far as it is used here."""
    required_arguments = 1

    def run(self):
        env = self.state.document.settings.env
        path = os.path.join(env.srcdir, '..', self.arguments[0])
        env.note_dependency(path)
        script = os.environ.get('KERNEL_DOC')
        if not script:
            with open(path, encoding='utf-8') as file:
                block = nodes.literal_block(text=file.read())
            block['language'] = 'c'
            return [block]
        text = subprocess.run([script, '-rst', path], check=True, text=True,
                              env={**os.environ, 'LC_ALL': 'C.UTF-8'},
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        lines = StringList([line.expandtabs() for line in text.splitlines()],
                           source=path)
        node = nodes.section()
        node.document = self.state.document
        self.state.nested_parse(lines, self.content_offset, node, match_titles=True)
        return node.children


def setup(app):
    app.add_directive('kernel-doc', KernelDoc)
    return {'parallel_read_safe': True}
