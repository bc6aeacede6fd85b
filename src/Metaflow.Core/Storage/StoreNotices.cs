namespace Metaflow.Storage;

/// <summary>Lets stores say what takes long, where the user of the process looks: on the standard error of a command, in the log of a
/// task, in the output of a run.</summary>
internal static class StoreNotices
{
    private static readonly AsyncLocal<Action<string>?> Receiver = new();

    /// <summary>Says something.</summary>
    /// <param name="text">A sentence or some.</param>
    public static void Tell(string text) => Receiver.Value?.Invoke(text);

    /// <summary>Says who receives what the calling code's stores say, and what all that it calls does, until the result is
    /// disposed.</summary>
    /// <param name="receiver">Receives it; from any thread.</param>
    /// <returns>Ends it.</returns>
    public static IDisposable To(Action<string> receiver)
    {
        var earlier = Receiver.Value;
        Receiver.Value = receiver;
        return new Ending(earlier);
    }

    private sealed class Ending(Action<string>? earlier) : IDisposable
    {
        public void Dispose() => Receiver.Value = earlier;
    }
}
