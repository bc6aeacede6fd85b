namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>The command line has an option that the command does not know.</summary>
    public const string UnknownOption = "MF2001";

    /// <summary>The command line names a command that does not exist.</summary>
    public const string UnknownCommand = "MF2002";

    /// <summary>A required parameter was given neither on the command line nor by the environment.</summary>
    public const string MissingParameter = "MF2003";

    /// <summary>A value of an option or a parameter cannot be read as its type.</summary>
    public const string InvalidValue = "MF2004";

    /// <summary>An option that takes a value stands without one.</summary>
    public const string OptionWithoutValue = "MF2005";

    /// <summary>The command line has an argument too many, or lacks one.</summary>
    public const string WrongArguments = "MF2006";

    /// <summary>A value was given for a parameter that the flow does not have.</summary>
    public const string UnknownParameter = "MF2007";

    /// <summary>The file of an <c>[IncludeFile]</c> parameter cannot be found.</summary>
    public const string IncludeFileNotFound = "MF2008";

    /// <summary>The method that computes a parameter's default raised an exception.</summary>
    public const string ComputedDefaultFailed = "MF2009";

    /// <summary>The default of a parameter cannot be read as the parameter's type.</summary>
    public const string InvalidDefault = "MF2010";

    /// <summary>A parameter has a name that the command line itself uses, or one that differs from another's only by case.</summary>
    public const string ParameterNameTaken = "MF2011";

    /// <summary>The user has no name, or one that is not shown as it is.</summary>
    public const string NoUserName = "MF2012";

    /// <summary>An argument or a variable has bytes that are no UTF-8.</summary>
    public const string GivenTextNotUtf8 = "MF2046";

    /// <summary>The working folder was removed, or cannot be entered.</summary>
    public const string NoWorkingFolder = "MF2047";

    /// <summary>A settings file cannot be read, or is not a JSON object of texts.</summary>
    public const string InvalidSettingsFile = "MF2020";

    /// <summary>The profile that <c>METAFLOW_PROFILE</c> names has no file.</summary>
    public const string ProfileNotFound = "MF2021";

    /// <summary>A name has a character that is not shown, such as a control character.</summary>
    public const string HiddenCharacter = "MF2075";

    /// <summary>A pathspec given to a command names no step or task.</summary>
    public const string InvalidPathspec = "MF2030";

    /// <summary>Two plug-ins add a part of the same purpose and name.</summary>
    public const string PluginNameTaken = "MF2048";

    /// <summary>No plug-in of the program has the type of datastore or metadata provider that is asked for.</summary>
    public const string UnknownStoreType = "MF2049";

    /// <summary>The metadata provider cannot keep records beside such a datastore.</summary>
    public const string MetadataNeedsStore = "MF2076";

    /// <summary>A type of datastore is asked for, and nothing says where its data are.</summary>
    public const string NoDatastoreRoot = "MF2077";

    /// <summary>Decorators of a step choose different launchers.</summary>
    public const string SeveralLaunchers = "MF2079";
}
