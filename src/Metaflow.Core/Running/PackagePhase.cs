namespace Metaflow.Running;

/// <summary>What is done with packages of steps before the first task starts.</summary>
public enum PackagePhase
{
    /// <summary>NuGet looks for them, and fetches those that this machine does not have.</summary>
    Finding,

    /// <summary>They go to the datastore.</summary>
    Storing,

    /// <summary>They are fetched from the nearest place that has them, and unpacked on this machine.</summary>
    Unpacking,

    /// <summary>They are fetched again, and what is unpacked is compared with them.</summary>
    Comparing,
}
