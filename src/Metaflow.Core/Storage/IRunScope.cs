namespace Metaflow.Storage;

/// <summary>A run that has a place of its own for data which are not artifacts. <c>Current</c> of a step is one.</summary>
public interface IRunScope
{
    /// <summary>Gets the flow's name.</summary>
    string FlowName { get; }

    /// <summary>Gets the run's id.</summary>
    string RunId { get; }

    /// <summary>Gets where the run's datastore is; <see langword="null"/> outside a task.</summary>
    StoreAddress? Datastore { get; }

    /// <summary>Gets a value indicating whether a client reads the run. Its datastore may then be another one than that of the settings
    /// of this process. The default is <see langword="false"/>.</summary>
    bool IsOfClient => false;
}
