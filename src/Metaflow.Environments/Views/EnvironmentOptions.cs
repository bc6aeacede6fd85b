using Metaflow.Commands;

namespace Metaflow.Environments.Views;

/// <summary>The options that commands of environments share, those of flow programs and those of the tool.</summary>
internal static class EnvironmentOptions
{
    /// <summary>Gets the option that gives names.</summary>
    public static OptionSpecification Alias { get; } = new()
    {
        Name = "alias",
        ValueName = "name",
        IsRepeatable = true,
        Description = "Give the environment a name, such as 'team/training:v1'. May be given several times.",
    };

    /// <summary>Gets the option that resolves again.</summary>
    public static OptionSpecification Force { get; } = new()
    {
        Name = "force",
        Opposite = "no-force",
        Description = "Look for packages again, though the environment is known.",
    };

    /// <summary>Gets the option that changes nothing.</summary>
    public static OptionSpecification DryRun { get; } = new()
    {
        Name = "dry-run",
        Opposite = "no-dry-run",
        Description = "Print what would be used, and store nothing.",
    };

    /// <summary>Gets the option that names a kind of machine.</summary>
    public static OptionSpecification Architecture { get; } = new()
    {
        Name = "arch",
        ValueName = "architecture",
        Choices = MachineKinds.All,
        Default = "this machine's",
        Description = "Kind of machine.",
    };

    /// <summary>Gets the same option for several kinds.</summary>
    public static OptionSpecification Architectures { get; } = Architecture with
    {
        IsRepeatable = true,
        Description = "Kind of machine to resolve for. May be given several times.",
    };

    /// <summary>Gets the option that leaves the datastore alone.</summary>
    public static OptionSpecification LocalOnly { get; } = new()
    {
        Name = "local-only",
        Description = "Use what this machine knows, and leave the datastore alone.",
    };

    /// <summary>Gets the same option where something is stored.</summary>
    public static OptionSpecification StoreLocally { get; } = LocalOnly with
    {
        Description = "Store the environment on this machine only, not in the datastore.",
    };
}
