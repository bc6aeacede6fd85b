using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Shows a run.</summary>
internal interface IRunView : IRunObserver, IDisposable
{
    /// <summary>Shows how the run ended.</summary>
    /// <param name="end">How it ended. No event follows.</param>
    void ShowEnd(RunEnd end);
}
