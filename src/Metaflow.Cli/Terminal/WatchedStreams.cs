using Metaflow.Commands;

namespace Metaflow.Cli.Terminal;

/// <summary>Watches the console for failures, and makes it safe from what texts hold.</summary>
internal static class WatchedStreams
{
    /// <summary>Returns the same streams, watched for failures, and safe from what texts hold.</summary>
    public static ConsoleStreams Watched(this ConsoleStreams streams) => streams with
    {
        Out = new VisibleWriter(new WatchedWriter(streams.Out, mayBeClosed: false)),
        Error = new VisibleWriter(new WatchedWriter(streams.Error, mayBeClosed: true)),
    };

    /// <summary>Returns whether one of the watched streams could not take a text.</summary>
    public static bool HasLostText(this ConsoleStreams streams)
        => VisibleWriter.Watched(streams.Out) is { HasFailed: true } || VisibleWriter.Watched(streams.Error) is { HasFailed: true };

    /// <summary>Returns why the watched output could not take a text, where the stream of errors can still be told; else
    /// <see langword="null"/>.</summary>
    public static IOException? TellableLoss(this ConsoleStreams streams)
        => VisibleWriter.Watched(streams.Out) is { Fault: { } fault } && VisibleWriter.Watched(streams.Error) is not { HasFailed: true }
            ? fault
            : null;
}
