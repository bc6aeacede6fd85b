namespace Metaflow.Running;

/// <summary>Observes a run.</summary>
public interface IRunObserver
{
    /// <summary>Takes one event. Must be quick; an exception of it never harms the run.</summary>
    /// <param name="runEvent">The event.</param>
    void OnEvent(RunEvent runEvent);
}
