namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>Code gives a parameter twice, under two spellings of its name.</summary>
    public const string ParameterGivenTwice = "MF2078";

    /// <summary>The parameters of a run from code are no object with properties and no dictionary.</summary>
    public const string ParametersNotNamed = "MF2130";

    /// <summary>The tasks of a flow that runs from code cannot be given processes of their own.</summary>
    public const string TaskHostNotAvailable = "MF6040";

    /// <summary>A task's process could not load the flow's class.</summary>
    public const string FlowNotLoaded = "MF6041";

    /// <summary>A task that shares its process with the task that started its run wants environment variables of its own.</summary>
    public const string VariablesNotShared = "MF6042";
}
