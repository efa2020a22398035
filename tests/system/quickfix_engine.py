"""A program around a real FIX engine (QuickFIX): run by its own interpreter, told on stdin, tells on stdout.

`quickfix_engine.py CONFIG USER PASSWORD`. In comes JSON, a line each: `{"fields": [[35, "D"], [11, "a"]]}` or
`{"stop": true}`. Out goes `{"event": EVENT, "message": "8=FIX.4.4|..."}`; an event is a logon, logout or app.
"""

import json
import sys

import quickfix as fix


class Application(fix.Application):
    def __init__(self, user, password):
        super().__init__()
        self.user, self.password = user, password

    def onCreate(self, session):
        self.session = session

    def onLogon(self, session):
        tell("logon", "")

    def onLogout(self, session):
        tell("logout", "")

    def toAdmin(self, message, session):
        kind = fix.MsgType()
        message.getHeader().getField(kind)
        if kind.getValue() == fix.MsgType_Logon:
            message.setField(fix.StringField(553, self.user))
            message.setField(fix.StringField(554, self.password))

    def fromAdmin(self, message, session):
        return

    def toApp(self, message, session):  # the library demands one
        return

    def fromApp(self, message, session):
        tell("app", message.toString())


def tell(event, message):
    sys.stdout.write(json.dumps({"event": event, "message": message.replace("\x01", "|")}) + "\n")
    sys.stdout.flush()


def main(config, user, password):
    application = Application(user, password)
    settings = fix.SessionSettings(config)
    initiator = fix.SocketInitiator(
        application, fix.FileStoreFactory(settings), settings, fix.FileLogFactory(settings)
    )
    initiator.start()
    for line in sys.stdin:
        told = json.loads(line)
        if told.get("stop"):
            break
        message = fix.Message()
        for tag, value in told["fields"]:
            part = message.getHeader() if tag == 35 else message
            part.setField(fix.StringField(tag, value))
        fix.Session.sendToTarget(message, application.session)
    initiator.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
