using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Metaflow.Debugger.Interop;

// The process stands still during each callback, and goes on when its controller is told to: the first argument, which only the callback
// on the name of a thread lacks.

/// <summary>What the debugging services report: ICorDebugManagedCallback.</summary>
[GeneratedComInterface]
[Guid("3d6f5f60-7538-11d3-8d5b-00104b35e7ef")]
internal partial interface IManagedCallback
{
    void Breakpoint(ICorDebugController domain, nint thread, ICorDebugBreakpoint breakpoint);

    void StepComplete(ICorDebugController domain, nint thread, nint stepper, int reason);

    void Break(ICorDebugController domain, nint thread);

    void Exception(ICorDebugController domain, nint thread, int isUnhandled);

    void EvalComplete(ICorDebugController domain, nint thread, nint evaluation);

    void EvalException(ICorDebugController domain, nint thread, nint evaluation);

    void CreateProcess(ICorDebugController process);

    void ExitProcess(ICorDebugController process);

    void CreateThread(ICorDebugController domain, nint thread);

    void ExitThread(ICorDebugController domain, nint thread);

    void LoadModule(ICorDebugController domain, ICorDebugModule module);

    void UnloadModule(ICorDebugController domain, nint module);

    void LoadClass(ICorDebugController domain, nint loaded);

    void UnloadClass(ICorDebugController domain, nint unloaded);

    void DebuggerError(ICorDebugController process, int result, uint code);

    void LogMessage(ICorDebugController domain, nint thread, int level, nint logSwitch, nint message);

    void LogSwitch(ICorDebugController domain, nint thread, int level, uint reason, nint logSwitch, nint parent);

    void CreateAppDomain(ICorDebugController process, nint domain);

    void ExitAppDomain(ICorDebugController process, nint domain);

    void LoadAssembly(ICorDebugController domain, nint assembly);

    void UnloadAssembly(ICorDebugController domain, nint assembly);

    void ControlCTrap(ICorDebugController process);

    void NameChange(ICorDebugController? domain, nint thread);

    void UpdateModuleSymbols(ICorDebugController domain, nint module, nint symbols);

    void EditAndContinueRemap(ICorDebugController domain, nint thread, nint function, int isAccurate);

    void BreakpointSetError(ICorDebugController domain, nint thread, ICorDebugBreakpoint breakpoint, uint code);
}

/// <summary>ICorDebugManagedCallback2, which the debugging services ask for too.</summary>
[GeneratedComInterface]
[Guid("250E5EEA-DB5C-4C76-B6F3-8C46F12E3203")]
internal partial interface IManagedCallback2
{
    void FunctionRemapOpportunity(ICorDebugController domain, nint thread, nint oldFunction, nint newFunction, uint offset);

    void CreateConnection(ICorDebugController process, uint connection, nint name);

    void ChangeConnection(ICorDebugController process, uint connection);

    void DestroyConnection(ICorDebugController process, uint connection);

    void Exception(ICorDebugController domain, nint thread, nint frame, uint offset, int kind, uint flags);

    void ExceptionUnwind(ICorDebugController domain, nint thread, int kind, uint flags);

    void FunctionRemapComplete(ICorDebugController domain, nint thread, nint function);

    void MDANotification(ICorDebugController controller, nint thread, nint notification);
}
