using Metaflow.Graph;

namespace Metaflow.Errors;

/// <summary>Every error code. A code is never reused, has a page in <c>docs/errors</c> and a test that names it.</summary>
/// <remarks>1xxx the flow's definition, 2xxx configuration, 3xxx a step failed, 4xxx storage, 5xxx metadata, 6xxx launching, 7xxx
/// environments of steps, 9xxx the framework's own faults.</remarks>
public static partial class ErrorCodes
{
    // 1xxx: the definition of a flow.

    /// <summary>A plug-in was built for another version of the framework.</summary>
    public const string PluginIncompatible = "MF1058";

    /// <summary>A plug-in adds a part of which it does not say what it is.</summary>
    public const string PluginPartWithoutContract = "MF1059";

    /// <summary><c>[Catch]</c> stands on a foreach split or a switch.</summary>
    public const string CatchOnSplit = RuleCodes.CatchOnSplit;

    /// <summary>A flow's class lacks what the source generator writes.</summary>
    public const string FlowNotGenerated = "MF1063";

    /// <summary>A step was asked for that the flow does not have.</summary>
    public const string NoSuchStep = "MF1064";

    /// <summary>A transition names something that is not a step of the flow.</summary>
    public const string NextOfNoStep = RuleCodes.NextOfNoStep;

    /// <summary>A program of several flows lists something that is not a flow, or two flows of one name.</summary>
    public const string FlowsNotSelectable = "MF1074";

    /// <summary>A decorator that stands alone is given several times.</summary>
    public const string DuplicateDecorator = "MF1091";

    /// <summary>A decorator that changes the flow asked for a step that does not exist.</summary>
    public const string MutatorNamesNoStep = "MF1099";

    // 2xxx: command lines, settings and configurations.

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

    /// <summary>A settings file cannot be read, or is not a JSON object of texts.</summary>
    public const string InvalidSettingsFile = "MF2020";

    /// <summary>The profile that <c>METAFLOW_PROFILE</c> names has no file.</summary>
    public const string ProfileNotFound = "MF2021";

    /// <summary>A pathspec given to a command names no step or task.</summary>
    public const string InvalidPathspec = "MF2030";

    /// <summary>A configuration was given both a file and a value.</summary>
    public const string ConfigGivenTwice = "MF2040";

    /// <summary>The flow has no configuration of a name.</summary>
    public const string UnknownConfig = "MF2041";

    /// <summary>Configurations are missing, cannot be read, or do not fit their types.</summary>
    public const string BadConfigs = "MF2042";

    /// <summary>Configurations were given to a command that takes those of another run.</summary>
    public const string ConfigsNotTaken = "MF2043";

    /// <summary>A text refers to something that a configuration does not have.</summary>
    public const string UnknownConfigKey = "MF2044";

    /// <summary>An environment variable with configurations is not a JSON object.</summary>
    public const string InvalidConfigVariable = "MF2045";

    /// <summary>An argument or a variable has bytes that are not UTF-8.</summary>
    public const string GivenTextNotUtf8 = "MF2046";

    /// <summary>The working folder was removed, or cannot be entered.</summary>
    public const string NoWorkingFolder = "MF2047";

    /// <summary>Two plug-ins add a part of the same purpose and name.</summary>
    public const string PluginNameTaken = "MF2048";

    /// <summary>No plug-in of the program has the type of datastore or metadata provider that is asked for.</summary>
    public const string UnknownStoreType = "MF2049";

    /// <summary>An option that a decorator of the flow adds has a value that does not fit.</summary>
    public const string FlowOptionInvalid = "MF2050";

    /// <summary><c>--with</c> gives a secret itself.</summary>
    public const string InlineSecretOnCommandLine = "MF2051";

    /// <summary>A setting of what this machine has is not an amount.</summary>
    public const string LocalCapacityInvalid = "MF2052";

    /// <summary>There is no run that could be resumed.</summary>
    public const string NoPreviousRun = "MF2070";

    /// <summary>The run to resume does not exist.</summary>
    public const string OriginRunNotFound = "MF2071";

    /// <summary>The step with which a run is to begin or end does not exist.</summary>
    public const string ResumedStepUnknown = "MF2072";

    /// <summary>An option does not go together with <c>resume</c>, or not with another one.</summary>
    public const string ResumeOptionRefused = "MF2073";

    /// <summary>The id given to a resumed run is a number, or no name.</summary>
    public const string RunIdRefused = "MF2074";

    /// <summary>A name has a character that is not shown, such as a control character.</summary>
    public const string HiddenCharacter = "MF2075";

    /// <summary>A type of datastore is asked for, and nothing says where its data are.</summary>
    public const string NoDatastoreRoot = "MF2077";

    /// <summary>Code gives a parameter twice, under two spellings of its name.</summary>
    public const string ParameterGivenTwice = "MF2078";

    /// <summary>Decorators of a step choose different launchers.</summary>
    public const string SeveralLaunchers = "MF2079";

    /// <summary>The address of a datastore of a cloud is invalid.</summary>
    public const string StoreAddressInvalid = "MF2080";

    /// <summary>Nothing says with which credentials a cloud is reached.</summary>
    public const string CredentialsMissing = "MF2081";

    /// <summary>The address or the key of an object of the author's is invalid.</summary>
    public const string ObjectAddressInvalid = "MF2082";

    /// <summary>Nothing says where the data of a run are.</summary>
    public const string NoDataRoot = "MF2083";

    /// <summary>Nothing says where a secret is: its region, its vault or its project.</summary>
    public const string SecretPlaceUnknown = "MF2084";

    /// <summary>A question of a setup has no answer.</summary>
    public const string SetupAnswerMissing = "MF2085";

    /// <summary>A place that was tried cannot keep runs.</summary>
    public const string DatastoreCheckFailed = "MF2086";

    /// <summary>A CloudFormation stack gives no settings.</summary>
    public const string StackUnreadable = "MF2087";

    /// <summary>The internal <c>step</c> command was called with wrong arguments.</summary>
    public const string TaskCommandLineMalformed = "MF2090";

    /// <summary><c>--with</c> names a decorator or an attribute that does not exist.</summary>
    public const string UnknownDecorator = "MF2092";

    /// <summary><c>--run-id-file</c> names a file that cannot be written.</summary>
    public const string RunIdFileNotWritten = "MF2093";

    /// <summary>The file of an <c>[IncludeFile]</c> parameter cannot be read.</summary>
    public const string IncludedFileNotReadable = "MF2094";

    /// <summary>A command that changes a run was not told which.</summary>
    public const string RunIdMissing = "MF2100";

    /// <summary>Options of one command exclude each other, or one needs another.</summary>
    public const string OptionsConflict = "MF2101";

    /// <summary>The flow has never been run, so that there is nothing to work on.</summary>
    public const string FlowNeverRun = "MF2102";

    /// <summary>Logs of a task that has not ended were to be scrubbed.</summary>
    public const string TaskNotDone = "MF2103";

    /// <summary>A file that a command was told to write cannot be written, or exists already.</summary>
    public const string OutputFile = "MF2104";

    /// <summary>A setting has a value that does not fit it.</summary>
    public const string InvalidSetting = "MF2105";

    /// <summary>A command of a plug-in has a name, an option or arguments that cannot be.</summary>
    public const string PluginCommandRefused = "MF2110";

    /// <summary>What <c>metaflow run</c> names is not a program that can be built and run.</summary>
    public const string NoFlowProgram = "MF2111";

    /// <summary>The parameters of a run from code are neither an object with properties nor a dictionary.</summary>
    public const string ParametersNotNamed = "MF2130";

    /// <summary>A step asked for a service that there is not.</summary>
    public const string ServiceMissing = "MF2131";

    /// <summary>A spin replaces an artifact that the flow does not have.</summary>
    public const string SpinArtifactUnknown = "MF2132";

    /// <summary>A step cannot be run once more on its own.</summary>
    public const string SpinNotPossible = "MF2133";
}
