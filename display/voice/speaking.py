"""The voice of a display process, put together: loudspeaker, announcer, routes and greenlets."""

from __future__ import annotations

from pathlib import Path

import gevent

from display.app import Display, keep_pulsing
from display.config import DisplayConfig
from display.voice.announcer import TICK_S, Announcer
from display.voice.output import REST_S, AlsaSpeaker, Output, PageSpeaker
from display.voice.pages import routes
from server.kit.agent import LOOPBACK, Agent
from server.kit.announcing import Sound
from server.kit.link import HallLink
from server.kit.voice.player import AlsaPlayer
from server.kit.voice.render import Voice

FAULTS = {Sound.MUTED: "muted", Sound.FAILED: "no_sound"}
"""What staff see of a display that should speak and cannot."""


class Speaking:
    """All that speaks in a display process; `start` once the page is served."""

    def __init__(
        self, *, config: DisplayConfig, link: HallLink, display: Display, agent: Agent
    ) -> None:
        folders = (Path(config.voice_packs),) if config.voice_packs else ()
        self._voice = Voice.open(Path(config.state_dir), folders)
        self._display = display
        self._link = link
        self._config = config
        how = config.voice_output
        # A television's page is played by the television; this machine's card is in another room.
        here = config.host in LOOPBACK
        self._page = PageSpeaker(agent.tell) if how in {"auto", "page"} else None
        alsa = how == "alsa" or (how == "auto" and here)
        card = AlsaSpeaker(AlsaPlayer(config.voice_device)) if alsa else None
        self._output = Output(self._page, card)
        self.announcer = Announcer(
            link=link,
            voice=self._voice,
            output=self._output,
            now=display.now,
            speaking=display.speaking,
            tell=self._tell,
        )
        link.on_message = self.announcer.hear
        if self._page is not None:
            agent.on_page("sound", self._page.said)
            agent.on_page("disconnect", self._page.left)
            agent.app.register_blueprint(routes(self._page))

    def start(self) -> None:
        """Begin to speak."""
        gevent.spawn(keep_pulsing, self._tick, lambda: gevent.sleep(TICK_S))
        gevent.spawn(keep_pulsing, self.announcer.step, lambda: gevent.sleep(0.01))
        gevent.spawn(keep_pulsing, self._output.try_out, lambda: gevent.sleep(REST_S))
        gevent.spawn(self._prepare)

    def health(self) -> dict[str, object]:
        """Return how the voice is, for `/healthz`."""
        return {"sound": self.announcer.state.value, "speaks_for": list(self.announcer.leads)}

    def _tick(self) -> None:
        wanted = self._config.voice_output != "none" and self._display.screen.layout.voice
        self.announcer.wanted = wanted
        if self._page is not None:
            self._page.want(wanted)
        self.announcer.tick()

    def _tell(self, sound: Sound) -> None:
        self._display.tell(sound=sound.value)
        for state, code in FAULTS.items():
            self._display.complain(code, on=sound is state)

    def _prepare(self) -> None:
        """Open the voices where they will be used, and build the default one if need be; a display
        that never speaks needs none."""
        while not self.announcer.leads:
            gevent.sleep(TICK_S)
        self.announcer.warm_up()
        if self._default_voice():
            self._voice.prepare()
            self.announcer.warm_up()

    def _default_voice(self) -> bool:
        catalogue = self._link.catalogue
        rules = catalogue.voice if catalogue is not None else ()
        return not rules or any(s.lang == "zh" and not s.pack for v in rules for s in v.languages)
