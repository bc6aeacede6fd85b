namespace Metaflow.Running;

/// <summary>Observes nothing.</summary>
internal sealed class SilentObserver : IRunObserver
{
    /// <summary>Gets the observer.</summary>
    public static SilentObserver Instance { get; } = new();

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
    }
}
