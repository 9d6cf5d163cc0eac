"""What is built of the chosen network: form and input size, and the buttons that start it."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from maistudio.gui.labels import muted, quiet
from maistudio.gui.panels.scrolling import leave_wheel
from maistudio.gui.zoo.cards import Network
from maistudio.gui.zoo.forge import Wish
from maistudio.zoo.forms import Form

MOST_SIDE = 8192
USUAL, OWN, OPEN = range(3)
NOTHING_CHOSEN = "no network is chosen"
UNTRAINED = "Its weights are seeded random numbers, not trained: timings and ops are true, pictures are not."


class OrderForm(QFrame):
    """``build_asked`` and ``save_asked`` come from the buttons, which say why where they can't be pressed."""

    build_asked = Signal()
    save_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("foot")
        self._network: Network | None = None
        self._unless = NOTHING_CHOSEN
        self.form = QComboBox(self)
        self.form.setAccessibleName("Form")
        self.input = QComboBox(self)
        self.input.setAccessibleName("Input size")
        self._sides = QWidget(self)
        self.height_field, self.width_field = (_side(name, self._sides) for name in ("Height", "Width"))
        self.untrained = muted(UNTRAINED, self)
        self.build = QPushButton("Build and open", self)
        self.build.setObjectName("first")
        self.save = QPushButton("Save a copy…", self)
        self.input.currentIndexChanged.connect(self._refresh)
        self.build.clicked.connect(self.build_asked)
        self.save.clicked.connect(self.save_asked)
        self._lay_out()
        self._refresh()

    @property
    def unless(self) -> str:
        """Why nothing can be built now, "" where it can."""
        return self._unless

    def show_network(self, network: Network | None, unless: str) -> None:
        """Offer this network as it was submitted; ``unless`` says why it can't be built."""
        self._unless = unless
        if network is not self._network:
            self._network = network
            self._offer(network)
        self._refresh()

    def wish(self) -> Wish | None:
        """What is chosen, None where nothing can be built."""
        network = self._network
        if network is None or self._unless:
            return None
        sizes = {USUAL: (network.height, network.width), OWN: (self.height_field.value(), self.width_field.value())}
        return Wish(network.name, Form(self.form.currentData()), sizes.get(self.input.currentIndex()))

    def usual_wish(self) -> Wish | None:
        """The network as it was submitted, None where nothing can be built."""
        network = self._network
        if network is None or self._unless:
            return None
        return Wish(network.name, network.form, (network.height, network.width))

    def _offer(self, network: Network | None) -> None:
        self.form.clear()
        self.input.clear()
        if network is None:
            return
        self.form.addItem(f"{network.form}, as submitted", network.form.value)
        for form in Form:
            if form is not network.form:
                self.form.addItem(form.value, form.value)
        for text in (f"{network.height} × {network.width}, the challenge's", "Own height × width", "Open, any size"):
            self.input.addItem(text)
        for field, side in ((self.height_field, network.height), (self.width_field, network.width)):
            field.setRange(network.least, MOST_SIDE // network.multiple * network.multiple)
            field.setSingleStep(network.multiple)
            field.setValue(side)

    def _refresh(self) -> None:
        able, own = not self._unless, self.input.currentIndex() == OWN
        self.form.setEnabled(able)
        self.input.setEnabled(able)
        self.build.setEnabled(able)
        self.save.setEnabled(able)
        reason = f": {self._unless}" if self._unless else ""
        self.form.setToolTip(f"How weights and activations are stored{reason}")
        self.input.setToolTip(f"Height and width of the network's input{reason}")
        self.build.setToolTip(f"Build this network and open it in a tab{reason}")
        self.save.setToolTip(f"Build this network into a file of your own{reason}")
        steps = self._network.multiple if self._network is not None else 1
        only = f", in steps of {steps}: the network halves its input" if steps > 1 else ""
        self._sides.setVisible(own)
        for field, name in ((self.height_field, "height"), (self.width_field, "width")):
            field.setEnabled(able)
            field.setToolTip(f"The input's {name} in pixels{only}{reason}")

    def _lay_out(self) -> None:
        sides = QHBoxLayout(self._sides)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(6)
        sides.addWidget(self.height_field, 1)
        sides.addWidget(QLabel("×", self._sides))
        sides.addWidget(self.width_field, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.build, 1)
        buttons.addWidget(self.save, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 10, 16, 12)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (text, field) in enumerate((("Form", self.form), ("Input", self.input))):
            label = quiet(text, self)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self._sides, 2, 1)
        grid.addWidget(self.untrained, 3, 0, 1, 2)
        grid.addLayout(buttons, 4, 0, 1, 2)
        leave_wheel(self.form, self.input, self.height_field, self.width_field)
        stops = (self.form, self.input, self.height_field, self.width_field, self.build, self.save)
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)


def _side(name: str, parent: QWidget) -> QSpinBox:
    field = QSpinBox(parent)
    field.setRange(1, MOST_SIDE)
    field.setAccessibleName(name)
    return field
